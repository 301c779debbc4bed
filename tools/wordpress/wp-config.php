<?php
// A site on SQLite that never calls out. Where it is comes from the
// environment, so that one installation serves every test: WP_SITE is its
// address, WP_ENVIRONMENT_TYPE=production refuses passwords over plain HTTP.
define( 'WP_HOME', getenv( 'WP_SITE' ) ?: 'http://127.0.0.1' );
define( 'WP_SITEURL', WP_HOME );
if ( ! getenv( 'WP_ENVIRONMENT_TYPE' ) ) {
	define( 'WP_ENVIRONMENT_TYPE', 'local' );
}
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', '' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', '' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'DB_DIR', __DIR__ . '/wp-content/database/' );
define( 'DB_FILE', 'site.sqlite' );
foreach ( [ 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ] as $kind ) {
	define( $kind . '_KEY', 'a test site has no secrets: ' . $kind );
	define( $kind . '_SALT', 'nor has it any salt: ' . $kind );
}
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'DISALLOW_FILE_MODS', true );
define( 'DISABLE_WP_CRON', true ); // a test calls wp-cron.php when its time has come
define( 'WP_DEBUG', false );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
