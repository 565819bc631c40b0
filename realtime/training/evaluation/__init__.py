"""How exact a network is: on clips with exact truth and on people never trained on."""
