"""The Criaenvio (Nitronews) account: its kinds, how their live state is read, and how a change is made."""
