"""What pages of any kind of record share: forms, lists, saving; and the smaller kinds."""
