"""The vendors: one package each, independent of each other, over what their specs, clients and wires share."""
