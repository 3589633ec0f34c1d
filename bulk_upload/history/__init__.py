"""Where the values of a row come from: which file or person wrote them, when, and what was there before."""
