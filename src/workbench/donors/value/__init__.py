"""What donors will give: buy-till-you-die models fitted by maximum likelihood, and held out."""
