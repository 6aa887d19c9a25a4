"""New plugin packages, from the template."""
