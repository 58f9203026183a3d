"""From a product photo to a `Garment`: cut out, put into the garment frame, split into parts."""
