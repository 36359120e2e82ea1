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

All of that lies per channel and image in `s`: (11, blocks of images, channels · LANES). Lanes
beyond the batch take no part.
"""

import numpy as np

from ..compiled import compiled
from ..portable import exp, log
from .simd import LANES

EPS, MOMENTUM = 1e-5, 0.1  # of PyTorch's normalizations; of Batch Norm's running averages
SUMS, SQUARES, MEAN, RECIPROCAL, A, B, DY_SUMS, DOTS, P, Q, U = range(11)  # the rows of s


@compiled
def set_sum(values, channels, images):
    """The sum of values (blocks, channels · LANES) over ranges of channels and of images."""
    total = 0.0
    for c in range(*channels):
        for image in range(*images):
            total += values[image // LANES, c * LANES + image % LANES]
    return total


@compiled
def statistics(s, sets, places, running_mean, running_var, training, gamma, beta):
    """Set mean, reciprocal deviation, a and b; and in training the running averages of batch.

    Args:
        s: as above, with the sums of r and r².
        sets: each set's channels and lanes, the lanes that hold images, whether m is not 0.
        places: height · width.
        running_mean, running_var: read instead of the sums by batch without training; the variance
            is unbiased.
    """
    channels, step, images, centred = sets
    for c in range(0, gamma.size, channels):
        for image in range(0, s.shape[1] * LANES, step):
            of_set = (c, c + channels), (image, min(image + step, images))
            count = channels * (of_set[1][1] - image) * places
            m = set_sum(s[SUMS], *of_set) / count if centred else 0.0
            variance = set_sum(s[SQUARES], *of_set) / count - m * m
            if step > 1 and training:
                unbiased = variance * count / (count - 1)
                running_mean[c] = (1 - MOMENTUM) * running_mean[c] + MOMENTUM * m
                running_var[c] = (1 - MOMENTUM) * running_var[c] + MOMENTUM * unbiased
            elif step > 1:
                m, variance = np.float64(running_mean[c]), np.float64(running_var[c])
            # What rounding made negative is 0; NaN stays NaN.
            reciprocal = 1 / np.sqrt((0.0 if variance < 0 else variance) + EPS)
            for k in range(c, c + channels):
                for lane in range(image, image + step):
                    b, i = lane // LANES, k * LANES + lane % LANES
                    s[MEAN, b, i], s[RECIPROCAL, b, i] = m, reciprocal
                    s[A, b, i] = gamma[k] * reciprocal
                    s[B, b, i] = beta[k] - gamma[k] * reciprocal * m


@compiled
def gradients(s, sets, places, gamma, dgamma, dbeta):
    """p, q and u, from the sums of dy and dy·r; dγ and dβ are added to. Arguments: as above."""
    channels, step, images, centred = sets
    for c in range(0, gamma.size, channels):
        for image in range(0, s.shape[1] * LANES, step):
            of_set, i = (image, min(image + step, images)), c * LANES + image % LANES
            m = np.float64(s[MEAN, image // LANES, i])
            reciprocal = np.float64(s[RECIPROCAL, image // LANES, i])
            mean_dy, mean_dot = 0.0, 0.0
            for k in range(c, c + channels):
                db = set_sum(s[DY_SUMS], (k, k + 1), of_set)
                dg = reciprocal * (set_sum(s[DOTS], (k, k + 1), of_set) - m * db)
                dgamma[k] += dg
                dbeta[k] += db
                mean_dy += gamma[k] * db
                mean_dot += gamma[k] * dg
            count = channels * (of_set[1] - image) * places
            mean_dy = mean_dy / count if centred else 0.0
            mean_dot /= count
            q = -reciprocal * reciprocal * mean_dot
            u = reciprocal * reciprocal * mean_dot * m - reciprocal * mean_dy
            for k in range(c, c + channels):
                for lane in range(image, image + step):
                    b, i = lane // LANES, k * LANES + lane % LANES
                    pqu = (gamma[k] * reciprocal, q, u) if lane < images else (0.0, 0.0, 0.0)
                    s[P, b, i], s[Q, b, i], s[U, b, i] = pqu


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
