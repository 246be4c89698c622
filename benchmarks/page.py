def figures(resolution): return []
