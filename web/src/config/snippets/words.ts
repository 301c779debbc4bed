/** What the API calls things, in the words of the people who use them. */
export const words: Readonly<Record<string, string>> = {
  informational: "Informational",
  commercial: "Commercial",
  transactional: "Transactional",
  navigational: "Navigational",
  pipeline: "Keywords to articles",
  recluster: "Other groups",
  merge: "Merge groups",
  clusters: "Group keywords",
  ideas: "Have ideas",
  content: "Write articles",
  image_prompts: "Describe images",
  images: "Make images",
  images_premium: "Make images (premium)",
  publish: "Publish",
  article: "Go on with an article",
  clustering: "Group keywords",
  embeddings: "Compare keywords",
  cluster_names: "Name groups",
  rewrite: "Rewrite",
  test_image: "Test image",
  auto: "Nobody: publish by itself",
  review: "I review the text before images are bought",
  moderate: "I review before publishing",
  both: "I review text, then the whole",
  featured: "Title image",
  in_article: "In the article",
  offline: "Words of the keywords",
  model: "A model",
  user: "A person",
  broad: "Broad: fewer, larger groups",
  topic: "Topics",
  tight: "Tight: more, smaller groups",
  owner: "Owner",
  admin: "Admin",
  editor: "Editor",
  viewer: "Viewer",
  developer: "Developer",
  api_keys: "API keys",
  operator_keys: "Our keys of the providers",
};

/** For what an article waits. */
export const waits: Readonly<Record<string, string>> = {
  review: "for your review of the text",
  moderate: "for your review before publishing",
  credits: "for credits",
  time: "for its time",
};

export const phases = {
  INIT: "Begin",
  PREP: "Plan",
  AI_CALL: "Write",
  PARSE: "Review",
  SAVE: "Publish",
  DONE: "Done",
} as const;

/** The phases of one function, which does not review or publish. */
export const functionPhases = {
  INIT: "Begin",
  PREP: "Prepare",
  AI_CALL: "Ask",
  PARSE: "Read the answer",
  SAVE: "Save",
  DONE: "Done",
} as const;
