"""MAY IT: guards, verdicts and the state machines of obligation and case. Pure: facts and `now` go in, a decision comes out."""
