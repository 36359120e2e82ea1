"""What a normalization needs besides its values: statistics, gradients; and the head.

From the sums of r and r² of each channel and image (`layers.py`), the mean m and the standard
deviation's reciprocal s over an index set of N values (model.py), and so y = a·r + b with

    a = γ·s          b = β − γ·s·m

From the sums of dy and dy·r of each channel c and image (Ioffe & Szegedy 2015, section 3, with
another index set), and so the gradient of r, dr = p·dy + q·r + u, with

    dβ_c = Σ dy                    dγ_c = s·(Σ dy·r − m·Σ dy)
    M = Σ_c γ_c·dβ_c / N           D = Σ_c γ_c·dγ_c / N         c over the set's channels
    p = γ·s          q = −s²·D     u = s²·D·m − s·M

An index set is the channels of a group in one image (group; layer: one group; instance: groups
of one channel; rms: as layer, with 0 for m and M) or one channel in all images (batch). Sums
over channels, from first to last, and over images likewise are in float64.

All of that lies per channel and image in `s`: (11, channels · LANES) of a block of images, or
(11, blocks, channels · LANES). Lanes beyond the batch take no part.
"""

import numpy as np

from ..compiled import compiled
from ..portable import exp, log
from .simd import LANES

EPS, MOMENTUM = 1e-5, 0.1  # of PyTorch's normalizations; of Batch Norm's running averages
SUMS, SQUARES, MEAN, RECIPROCAL, A, B, DY_SUMS, DOTS, P, Q, U = range(11)  # the rows of s


@compiled
def reciprocal_deviation(variance):
    """1/√(variance + eps); a variance that rounding made negative is 0, NaN stays NaN."""
    return 1 / np.sqrt((0.0 if variance < 0 else variance) + EPS)


@compiled
def image_statistics(s, places, groups, centred, gamma, beta):
    """Group, layer, instance and rms: mean, reciprocal deviation, a and b of a block's images."""
    channels = gamma.size // groups  # of a group
    count = channels * places
    for lane in range(LANES):
        for first in range(0, gamma.size, channels):
            total, square = 0.0, 0.0
            for c in range(first, first + channels):
                total += s[SUMS, c * LANES + lane]
                square += s[SQUARES, c * LANES + lane]
            m = total / count if centred else 0.0
            reciprocal = reciprocal_deviation(square / count - m * m)
            for c in range(first, first + channels):
                i = c * LANES + lane
                s[MEAN, i], s[RECIPROCAL, i] = m, reciprocal
                s[A, i] = gamma[c] * reciprocal
                s[B, i] = beta[c] - gamma[c] * reciprocal * m


@compiled
def image_gradients(s, places, groups, centred, gamma, dgamma, dbeta):
    """Group, layer, instance and rms: p, q and u of a block; dγ and dβ are added to."""
    channels = gamma.size // groups
    count = channels * places
    for lane in range(LANES):
        for first in range(0, gamma.size, channels):
            m = np.float64(s[MEAN, first * LANES + lane])
            reciprocal = np.float64(s[RECIPROCAL, first * LANES + lane])
            mean_dy, mean_dot = 0.0, 0.0
            for c in range(first, first + channels):
                db = np.float64(s[DY_SUMS, c * LANES + lane])
                dg = reciprocal * (s[DOTS, c * LANES + lane] - m * db)
                dgamma[c] += dg
                dbeta[c] += db
                mean_dy += gamma[c] * db
                mean_dot += gamma[c] * dg
            mean_dy = mean_dy / count if centred else 0.0
            mean_dot /= count
            for c in range(first, first + channels):
                i = c * LANES + lane
                s[P, i], s[Q, i] = gamma[c] * reciprocal, -reciprocal * reciprocal * mean_dot
                s[U, i] = reciprocal * reciprocal * mean_dot * m - reciprocal * mean_dy


@compiled
def batch_sum(values, c, images):
    """The sum over a batch's images of values (blocks, channels · LANES) of one channel."""
    total = 0.0
    for image in range(images):
        total += values[image // LANES, c * LANES + image % LANES]
    return total


@compiled
def batch_statistics(s, places, images, running_mean, running_var, training, gamma, beta):
    """Batch: mean, reciprocal deviation, a and b of all blocks, and the running averages.

    In training from the batch, else from the running averages, whose variance is unbiased.
    """
    count = images * places
    for c in range(gamma.size):
        m, variance = np.float64(running_mean[c]), np.float64(running_var[c])
        if training:
            m = batch_sum(s[SUMS], c, images) / count
            variance = batch_sum(s[SQUARES], c, images) / count - m * m
            unbiased = variance * count / (count - 1)
            running_mean[c] = (1 - MOMENTUM) * running_mean[c] + MOMENTUM * m
            running_var[c] = (1 - MOMENTUM) * running_var[c] + MOMENTUM * unbiased
        reciprocal = reciprocal_deviation(variance)
        lanes = slice(c * LANES, (c + 1) * LANES)
        s[MEAN, :, lanes], s[RECIPROCAL, :, lanes] = m, reciprocal
        s[A, :, lanes] = gamma[c] * reciprocal
        s[B, :, lanes] = beta[c] - gamma[c] * reciprocal * m


@compiled
def batch_gradients(s, places, images, gamma, dgamma, dbeta):
    """Batch: p, q and u of all blocks, dγ and dβ. Lanes beyond the batch get no gradient."""
    count = images * places
    for c in range(gamma.size):
        m, reciprocal = np.float64(s[MEAN, 0, c * LANES]), np.float64(s[RECIPROCAL, 0, c * LANES])
        db = batch_sum(s[DY_SUMS], c, images)
        dg = reciprocal * (batch_sum(s[DOTS], c, images) - m * db)
        dgamma[c], dbeta[c] = dg, db
        mean_dy, mean_dot = gamma[c] * db / count, gamma[c] * dg / count
        lanes = slice(c * LANES, (c + 1) * LANES)
        s[P, :, lanes], s[Q, :, lanes] = gamma[c] * reciprocal, -reciprocal * reciprocal * mean_dot
        s[U, :, lanes] = reciprocal * reciprocal * mean_dot * m - reciprocal * mean_dy
        for image in range(images, s.shape[1] * LANES):
            s[P:, image // LANES, c * LANES + image % LANES] = 0


# --- Head: average pooling, 1×1 convolution, log-softmax ------------------------------------


@compiled
def pooled(s, i, places):
    """The mean of y = a·r + b over the places, of channel and image number i."""
    return s[A, i] * (s[SUMS, i] / np.float32(places)) + s[B, i]


@compiled
def head(s, places, weights, logits, log_probs):
    """Log-probabilities (images, classes) of the first images of a block; softmax in float64.

    logits (classes · LANES) is for the time between.
    """
    classes = log_probs.shape[1]
    channels = weights.size // classes
    logits[:] = 0
    for k in range(classes):
        for c in range(channels):
            weight = weights[k * channels + c]
            for lane in range(LANES):
                logits[k * LANES + lane] += weight * pooled(s, c * LANES + lane, places)
    for image in range(len(log_probs)):
        top = logits[image]
        for k in range(1, classes):
            top = max(top, logits[k * LANES + image])
        total = 0.0
        for k in range(classes):
            total += exp(np.float64(logits[k * LANES + image]) - top)
        total = log(total) + top
        for k in range(classes):
            log_probs[image, k] = logits[k * LANES + image] - total


@compiled
def head_back(s, places, labels, log_probs, batch, weights, gradient, dlogits, dy):
    """Through the head, the gradient of −log-probability of the label, mean over the batch.

    gradient (classes, channels) is added to; dy is set, and in s its sums and those of dy·r.
    """
    images, classes = log_probs.shape
    channels = weights.size // classes
    dlogits[:] = 0
    for image in range(images):
        for k in range(classes):
            slope = exp(np.float64(log_probs[image, k])) - (1.0 if k == labels[image] else 0.0)
            dlogits[k * LANES + image] = slope / batch
    s[DY_SUMS] = 0
    for c in range(channels):
        for k in range(classes):
            weight, slope = weights[k * channels + c], np.float32(0)
            for lane in range(LANES):
                d = dlogits[k * LANES + lane]
                slope += d * pooled(s, c * LANES + lane, places)
                s[DY_SUMS, c * LANES + lane] += d * weight
            gradient[k * channels + c] += slope
        for lane in range(LANES):
            i = c * LANES + lane
            mean = s[DY_SUMS, i] / np.float32(places)
            s[DOTS, i] = mean * s[SUMS, i]
            for place in range(places):
                dy[(c * places + place) * LANES + lane] = mean
