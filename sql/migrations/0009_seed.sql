-- What every installation begins with: plans, prices, and the account that the
-- service itself acts from.

-- +goose Up
insert into igny8_plans (name, price, limits, features, is_default) values
	('Free', 0, '{"sites": 1, "users": 2, "keywords": 1000, "monthly_credits": 100}', '{"operator_keys": true, "schedules": false, "api_keys": false}', true),
	('Starter', 2900, '{"sites": 3, "users": 5, "keywords": 20000, "monthly_credits": 1000}', '{"operator_keys": true, "schedules": true, "api_keys": false}', false),
	('Growth', 9900, '{"sites": 10, "users": 20, "keywords": 200000, "monthly_credits": 5000}', '{"operator_keys": true, "schedules": true, "api_keys": true}', false),
	('Scale', 29900, '{"sites": 50, "users": 100, "keywords": 2000000, "monthly_credits": 20000}', '{"operator_keys": true, "schedules": true, "api_keys": true}', false);

-- Version 1; the vocabulary has the same figures, and a test compares them.
insert into igny8_credit_prices (version, function, price) values
	(1, 'clustering', 0), (1, 'cluster_names', 1), (1, 'ideas', 1), (1, 'content', 5), (1, 'rewrite', 5),
	(1, 'image_prompts', 1), (1, 'images', 3), (1, 'images_premium', 5), (1, 'publish', 0), (1, 'test_image', 3);

insert into igny8_industries (name, slug, description) values
	('Retail and online shops', 'retail', 'Shops that sell goods, online or over the counter'),
	('Home and garden', 'home-garden', 'Building, furnishing and keeping a home'),
	('Food and drink', 'food-drink', 'Cooking, restaurants, coffee, wine'),
	('Health and fitness', 'health-fitness', 'Training, nutrition, wellbeing'),
	('Travel', 'travel', 'Destinations, hotels, ways to get there'),
	('Finance', 'finance', 'Banking, insurance, investing, tax'),
	('Software', 'software', 'Applications, tools and services for computers'),
	('Education', 'education', 'Schools, courses, languages'),
	('Real estate', 'real-estate', 'Buying, selling, renting'),
	('Automotive', 'automotive', 'Cars, motorcycles, parts and repair'),
	('Fashion and beauty', 'fashion-beauty', 'Clothes, cosmetics, hair'),
	('Trades and local services', 'local-services', 'Plumbers, roofers, cleaners, movers');
insert into igny8_industry_sectors (industry_id, name, slug)
select i.id, s.name, lower(regexp_replace(s.name, '[^a-zA-Z0-9]+', '-', 'g'))
from (values
	('retail', array['Products', 'Buying guides', 'Care and repair', 'Gifts', 'Brands']),
	('home-garden', array['Furniture', 'Kitchen', 'Garden', 'Do it yourself', 'Decoration']),
	('food-drink', array['Recipes', 'Coffee and tea', 'Restaurants', 'Equipment', 'Wine and spirits']),
	('health-fitness', array['Training', 'Nutrition', 'Recovery', 'Equipment', 'Mental health']),
	('travel', array['Destinations', 'Hotels', 'Flights and trains', 'Packing', 'Family travel']),
	('finance', array['Banking', 'Insurance', 'Investing', 'Tax', 'Loans']),
	('software', array['Features', 'Integrations', 'Comparisons', 'Security', 'Tutorials']),
	('education', array['Courses', 'Languages', 'Exams', 'Careers', 'Parents']),
	('real-estate', array['Buying', 'Selling', 'Renting', 'Mortgages', 'Neighbourhoods']),
	('automotive', array['Cars', 'Parts', 'Repair', 'Electric', 'Insurance']),
	('fashion-beauty', array['Clothing', 'Shoes', 'Skin care', 'Hair', 'Accessories']),
	('local-services', array['Services', 'Prices', 'Emergencies', 'Advice', 'Areas served'])
) t(slug, names) join igny8_industries i using (slug), unnest(t.names) s(name);

with a as (insert into igny8_accounts (name, slug, is_system) values ('IGNY8', 'igny8-system', true) returning id),
	w as (insert into igny8_wallets (account_id) select id from a)
insert into igny8_users (account_id, email, name, role) select id, 'bot@igny8.invalid', 'Automation', 'system_bot' from a;
