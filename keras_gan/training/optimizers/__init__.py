"""The two optimizers of a GAN: loss scaling, fused updates, gradients of replicas."""
