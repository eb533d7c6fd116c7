"""The page that explores a latent space in a browser."""
