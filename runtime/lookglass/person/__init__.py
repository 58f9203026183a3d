"""Finding and following the person: detector, landmarks, mask, and the crop that the networks see."""
