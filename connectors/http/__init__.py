"""HTTP as the SDK uses it: requests and answers as values, sign-in as a flow of them, and what an answer decides."""
