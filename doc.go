// Package igny8 is the vocabulary of the product: what things are called, who
// may do what, what work costs, and which ways there are to fail. Every other
// package speaks it; it imports none of them.
package igny8
