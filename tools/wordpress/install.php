<?php
// php install.php SITE USERS.JSON: installs WordPress in the directory SITE, with
// a user of each role, and writes their names and application passwords.
[ , $site, $users ] = $argv;
$_SERVER += [ 'HTTP_HOST' => '127.0.0.1', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/' ];
define( 'WP_INSTALLING', true );
require $site . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter( 'pre_wp_mail', '__return_true' ); // there is nothing to send it with
wp_install( 'A real site', 'admin', 'admin@example.test', true, '', 'admin signs in' );
wp_delete_post( 1, true );
update_option( 'permalink_structure', '/%postname%/' );
update_option( 'template', 'plain' );
update_option( 'stylesheet', 'plain' );
flush_rewrite_rules( false );
$made = [];
foreach ( [ 'admin' => 'administrator', 'editor' => 'editor', 'author' => 'author', 'contributor' => 'contributor', 'subscriber' => 'subscriber' ] as $name => $role ) {
	$user = get_user_by( 'login', $name );
	$id   = $user ? $user->ID : wp_insert_user( [ 'user_login' => $name, 'user_pass' => "$name signs in", 'user_email' => "$name@example.test", 'role' => $role ] );
	[ $password ] = WP_Application_Passwords::create_new_application_password( $id, [ 'name' => 'igny8' ] );
	$made[ $name ] = [ 'id' => $id, 'password' => WP_Application_Passwords::chunk_password( $password ) ];
}
file_put_contents( $users, json_encode( $made, JSON_PRETTY_PRINT ) . "\n" );
