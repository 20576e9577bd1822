<?php
// Every request comes here. /health costs no database and no session; the first page names the stack's database.
if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) === '/health') {
    echo "ok\n";
} elseif ($_GET === [] && $_POST === []) {
    header('Location: /?pgsql=database', true, 302);
} else {
    require '/usr/share/adminer/adminer.php';
}
