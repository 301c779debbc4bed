package keywordcsv

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestNormal(t *testing.T) {
	t.Parallel()
	for keyword, want := range map[string]string{
		"  Oak \t Desk\n": "oak desk", "CAFÉ": "café", "cafe\u0301": "café", "STRASSE": "strasse", "straße": "strasse",
		"oak\u00a0desk": "oak desk", "oak\u200b desk": "oak desk", "ΣΊΣΥΦΟΣ": "σίσυφοσ", "ꭰ": "Ꭰ", "Ꭰ": "Ꭰ", "": "", "кофе": "кофе", "=1+1": "=1+1",
	} {
		if got := Normal(keyword); got != want {
			t.Errorf("Normal(%q) = %q, want %q", keyword, got, want)
		}
	}
}

func TestNormalIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := Normal(s)
		if twice := Normal(once); twice != once {
			t.Fatalf("Normal(%q) = %q, and of that %q", s, once, twice)
		}
		if got := Normal("  " + s + "\t"); got != once {
			t.Fatalf("space around %q makes it %q", s, got)
		}
	})
}

func TestNormalOfEveryLetter(t *testing.T) {
	t.Parallel()
	for r := range unicode.MaxRune {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			continue
		}
		lower := Normal(string(r))
		if again := Normal(lower); again != lower {
			t.Errorf("Normal(%q) = %q, and of that %q", r, lower, again)
		}
		// The dotless ı is a letter of its own, though its capital is I.
		if upper := Normal(string(unicode.ToUpper(r))); upper != lower && r != 'ı' {
			t.Errorf("%q and its capital: %q, %q", r, lower, upper)
		}
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	for _, keyword := range []string{
		"https://a.example/x", "HTTP://A.EXAMPLE", "www.foo", "amazon.com", "shop.example.co.uk/path?q=1", "Example.DE", "a-b.store",
		"", "oak\ndesk", "oak\x00desk", "caf\ufffd", strings.Repeat("ö", MaxKeyword+1), "...", "+-", "&",
	} {
		if refusal(keyword) == "" {
			t.Errorf("%q was taken for a keyword", keyword)
		}
	}
	for _, keyword := range []string{
		"node.js", "amazon.com login", "st. patrick's day", "8.5 x 11 paper", "vue.js router", "3:2 ratio", "no.", "=15 grams in ounces", "c++", "a/b testing",
		"mr. coffee", "кофе", "☕", strings.Repeat("ö", MaxKeyword), "dr. com",
	} {
		if reason := refusal(keyword); reason != "" {
			t.Errorf("%q: %s", keyword, reason)
		}
	}
}
