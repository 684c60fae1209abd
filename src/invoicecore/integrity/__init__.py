"""The laws that stored books must keep, and the verifier that looks whether they do."""
