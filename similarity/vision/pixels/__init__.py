"""From picture files to arrays: decoding, plain borders, masks, local contrast."""
