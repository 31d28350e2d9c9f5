from pitchbar.events.actors import Actor

# As the audit log names them: not at all. Neither address nor browser is kept, as the log stays
# when the visitor has been erased.
A_VISITOR = Actor("visitor", None, "A visitor")
