"""How xlsflow compares with the script that a user would write; ratios only, for seconds belong to a machine."""
