"""Makes and serves the page that explores a latent space in a browser.

Its HTML, CSS and JavaScript are in the folder `page`. Imports no other folder of
`keras_gan.export`.
"""
