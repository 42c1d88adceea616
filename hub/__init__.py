"""The hub: takes events in, makes each case one journal note, meters the use."""
