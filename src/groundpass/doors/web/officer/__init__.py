"""Pages of policy officers: territories, rules, releases."""
