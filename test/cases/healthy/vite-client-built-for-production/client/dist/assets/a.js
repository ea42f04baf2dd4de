const e=x("/");
