"""Settings of outside services that operators change in the application, beside the environment."""
