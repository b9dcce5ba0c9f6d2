"""Plans that wetrun writes for people: a tree of values with their origin, as a plan and as commented YAML."""
