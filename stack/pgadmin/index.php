<?php
// Every request comes here. /health costs no database and no session; the first page names the stack's database.
if ($_SERVER['SCRIPT_NAME'] === '/health') {
    echo "ok\n";
} elseif ($_GET === [] && $_POST === []) {
    header('Location: /?pgsql=database', true, 302);
} else {
    require '/usr/share/adminer/adminer.php';
}
