"""`demo`: the main job, shown on made-up data by the public verbs themselves."""
