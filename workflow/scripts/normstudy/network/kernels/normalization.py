"""What a normalization needs besides its values: statistics, gradients; and the head.

From the sums of r and r² of each channel and image (`layers.py`), the mean m and the standard
deviation's reciprocal s over an index set of N values (model.py), and so y = a·r + b with

    a = γ·s          b = β − γ·s·m

From the sums of dy and dy·r of each channel c and image (Ioffe & Szegedy 2015, section 3, with
another index set), and so the gradient of r, dr = p·dy + q·r + u, with

    dβ_c = Σ dy                    dγ_c = s·(Σ dy·r − m·Σ dy)
    M = Σ_c γ_c·dβ_c / N           D = Σ_c γ_c·dγ_c / N         c over the set's channels
    p = γ·s          q = −s²·D     u = s²·D·m − s·M

All of that is in the layer's `s` (rows, channels, images), all 0 before; lanes beyond the batch
stay so. Sums over channels, from first to last, and over images likewise are in float64.
"""

from typing import NamedTuple

import numpy as np

from ..compiled import compiled
from ..portable import exp, log
from .simd import LANES

EPS, MOMENTUM = 1e-5, 0.1  # of PyTorch's normalizations; of Batch Norm's running averages
SUMS, SQUARES, MEAN, RECIPROCAL, A, B, DY_SUMS, DOTS, P, Q, U, Y = range(12)  # rows of s
NONE, IMAGE, BATCH = range(3)


class Norm(NamedTuple):
    """A layer's normalization: over channels of an image, or over one of the whole batch."""

    over: int  # NONE, IMAGE or BATCH
    channels: int  # of a set
    centred: bool = True  # whether it subtracts the mean; else m and M are 0


@compiled
def set_sum(values, channels, images):
    """The sum of values (channels, images) over ranges of both."""
    total = 0.0
    for c in range(*channels):
        for image in range(*images):
            total += values[c, image]
    return total


@compiled
def statistics(layer, w, running, images, training):
    """Mean, reciprocal deviation, a and b of each set, from the sums of r and r².

    Batch Norm's running averages (the variance's is unbiased) are moved in training, else read;
    they lie as γ and β do in w.
    """
    s, (over, channels, centred), gamma, beta = layer.s, layer.norm, layer.gamma, layer.beta
    if over == NONE:
        s[A] = 1
        return
    together = images if over == BATCH else 1
    count = channels * together * layer.size**2
    for c in range(0, s.shape[1], channels):
        for image in range(0, images, together):
            of_set = (c, c + channels), (image, image + together)
            m = set_sum(s[SUMS], *of_set) / count if centred else 0.0
            variance = set_sum(s[SQUARES], *of_set) / count - m * m
            if over == BATCH and training:
                unbiased = variance * count / (count - 1)
                for i, value in ((gamma + c, m), (beta + c, unbiased)):
                    running[i] = (1 - MOMENTUM) * running[i] + MOMENTUM * value
            elif over == BATCH:
                m, variance = np.float64(running[gamma + c]), np.float64(running[beta + c])
            # What rounding made negative is 0; NaN stays NaN.
            reciprocal = 1 / np.sqrt((0.0 if variance < 0 else variance) + EPS)
            for k in range(*of_set[0]):
                for i in range(*of_set[1]):
                    s[MEAN, k, i], s[RECIPROCAL, k, i] = m, reciprocal
                    s[A, k, i] = w[gamma + k] * reciprocal
                    s[B, k, i] = w[beta + k] - w[gamma + k] * reciprocal * m


@compiled
def gradients(layer, w, dw, images):
    """p, q and u, from the sums of dy and dy·r; dγ and dβ are added to dw."""
    s, (over, channels, centred), gamma, beta = layer.s, layer.norm, layer.gamma, layer.beta
    if over == NONE:
        s[P] = 1
        return
    together = images if over == BATCH else 1
    count = channels * together * layer.size**2
    for c in range(0, s.shape[1], channels):
        for image in range(0, images, together):
            of_images = image, image + together
            m, reciprocal = np.float64(s[MEAN, c, image]), np.float64(s[RECIPROCAL, c, image])
            mean_dy, mean_dot = 0.0, 0.0
            for k in range(c, c + channels):
                db = set_sum(s[DY_SUMS], (k, k + 1), of_images)
                dg = reciprocal * (set_sum(s[DOTS], (k, k + 1), of_images) - m * db)
                dw[gamma + k] += dg
                dw[beta + k] += db
                mean_dy += w[gamma + k] * db
                mean_dot += w[gamma + k] * dg
            mean_dy, mean_dot = mean_dy / count if centred else 0.0, mean_dot / count
            q = -reciprocal * reciprocal * mean_dot
            u = reciprocal * reciprocal * mean_dot * m - reciprocal * mean_dy
            for k in range(c, c + channels):
                for i in range(*of_images):
                    s[P, k, i], s[Q, k, i], s[U, k, i] = w[gamma + k] * reciprocal, q, u


# --- Head: average pooling, 1×1 convolution, log-softmax ------------------------------------


@compiled
def head(layer, weights, logits, log_probs):
    """Log-probabilities (images, classes) by weights (classes, channels); softmax in float64."""
    s, places, logits[:] = layer.s, np.float32(layer.size**2), 0
    for c in range(weights.shape[1]):
        for image in range(s.shape[2]):
            s[Y, c, image] = s[A, c, image] * (s[SUMS, c, image] / places) + s[B, c, image]
            for k in range(len(weights)):
                logits[k, image] += weights[k, c] * s[Y, c, image]
    for image in range(len(log_probs)):
        top, total = logits[0, image], 0.0
        for k in range(1, len(weights)):
            top = max(top, logits[k, image])
        for k in range(len(weights)):
            total += exp(np.float64(logits[k, image]) - top)
        total = log(total) + top
        for k in range(len(weights)):
            log_probs[image, k] = logits[k, image] - total


@compiled
def head_back(layer, weights, gradient, dlogits, log_probs, labels, batch, dy):
    """dy, and in s its sums and those of dy·r, for −log-probability of the label, mean over the
    batch; the weights' gradient is added to."""
    s, places = layer.s, layer.size**2
    dlogits[:] = 0
    for image in range(len(labels)):
        for k in range(len(weights)):
            slope = exp(np.float64(log_probs[image, k])) - (1.0 if k == labels[image] else 0.0)
            dlogits[k, image] = slope / batch
    for first in range(0, len(labels), LANES):
        for c in range(weights.shape[1]):
            for k in range(len(weights)):
                slope = np.float32(0)
                for i in range(first, first + LANES):
                    slope += dlogits[k, i] * s[Y, c, i]
                    s[DY_SUMS, c, i] += dlogits[k, i] * weights[k, c]
                gradient[k, c] += slope
            for i in range(first, first + LANES):
                mean = s[DY_SUMS, c, i] / np.float32(places)
                s[DOTS, c, i] = mean * s[SUMS, c, i]
                for place in range(c * places, (c + 1) * places):
                    dy[i // LANES, place * LANES + i % LANES] = mean
