"""The vendors: one package each, independent of each other, over the vocabulary that their kinds' specs share."""
