"""Numbers → pictures.

catalogue         which figures a sweep gets
drawing, axes     how they look and where they go
lines, curves, heatmaps, classes, effect_plot, cost, units, pictures, differences, race_lanes   one sort of figure each
"""
