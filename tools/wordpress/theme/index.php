<!doctype html>
<html><head><title><?php wp_title( '' ); ?></title><?php wp_head(); ?></head>
<body>
<?php while ( have_posts() ) : the_post(); ?>
<article><h1><?php the_title(); ?></h1><?php the_post_thumbnail( 'full' ); ?><?php the_content(); ?></article>
<?php endwhile; wp_footer(); ?>
</body></html>
