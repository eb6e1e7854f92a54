const BUILD = "@build@";
