// Package cluster groups search keywords by what they are about: topics (a
// pillar or content cluster) and, inside a topic, pages (what one article can
// answer). It needs no network, no key and no number of clusters, reads and
// writes nothing, and depends on no other package of ours.
//
// Keywords are normalised, compared by stemmed words and character n-grams,
// word vectors and a sentence encoder, joined to their nearest neighbours, and
// the graph is cut by the Leiden method with the constant Potts quality. No
// step is random: the same keywords in any order give the same partition.
package cluster
