"""The register of satellite terminals, the signed feed that carries it, and the verdict at the operator."""
