"""`/ops/settings`: keys of outside services, stored encrypted and in force without a deploy."""
