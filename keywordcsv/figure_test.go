package keywordcsv

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCount(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]figure{
		"1300": {true, 1300, false}, "1,300": {true, 1300, false}, "1 300": {true, 1300, false}, "1.300": {true, 1300, false},
		"1\u00a0300": {true, 1300, false}, "1\u202f300": {true, 1300, false}, "1'300": {true, 1300, false}, "1.300,5": {true, 1300.5, false},
		"1,300.5": {true, 1300.5, false}, "1,300,000": {true, 1300000, false}, "1.300.000": {true, 1300000, false}, "1,30,000": {true, 130000, false},
		"33.33%": {true, 33.33, false}, "33,33 %": {true, 33.33, false}, "0.500": {true, 0.5, false}, "1300.500": {true, 1300.5, false},
		"0": {true, 0, false}, " 7 ": {true, 7, false}, ".5": {true, 0.5, false},
		"10K–100K": {true, 55000, true}, "10K - 100K": {true, 55000, true}, "10-100": {true, 55, true}, "118001..300000": {true, 209000.5, true},
		"1 to 10": {true, 5.5, true}, "1,000 – 10,000": {true, 5500, true},
		"1.2K": {true, 1200, true}, "1,2k": {true, 1200, true}, "3M": {true, 3e6, true}, "<10": {true, 10, true}, "100+": {true, 100, true}, "~ 500": {true, 500, true},
		"": {}, "-": {}, "–": {}, "N/A": {}, "n/a": {}, "null": {}, "  ": {}, "--": {},
	} {
		got, ok := count(cell)
		if !ok || got != want {
			t.Errorf("%q is %+v, %v, want %+v", cell, got, ok, want)
		}
	}
	for _, cell := range []string{"abc", "-5", "1,30,0", "1..", "..5", "5-1", "1e9", "0x10", "1.2.3", "9999999999", "inf", "NaN5", "1,", "1_00", "+", "k", "%", "2020-01-01"} {
		if got, ok := count(cell); ok {
			t.Errorf("%q was read as %+v", cell, got)
		}
	}
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]float64{"3.125": 3.125, "3,4": 3.4, "81": 81, "12.50": 12.5, "1,300": 1300} {
		if got, ok := amount(cell); !ok || got.value != want {
			t.Errorf("%q is %+v, want %v", cell, got, want)
		}
	}
}

func TestMicros(t *testing.T) {
	t.Parallel()
	type money struct {
		micros   int64
		currency string
	}
	for cell, want := range map[string]money{
		"1.20": {1_200_000, ""}, "0,41": {410_000, ""}, "$1.20": {1_200_000, "USD"}, "1,20 €": {1_200_000, "EUR"}, "US$ 3": {3_000_000, "USD"},
		"1.20 AUD": {1_200_000, "AUD"}, "0": {0, ""}, "0.000001": {1, ""}, "1,300.50": {1_300_500_000, ""}, "1.125": {1_125_000, ""}, "0.1234567": {123_456, ""},
	} {
		got, currency, ok := micros(cell)
		if !ok || got == nil || (money{*got, currency}) != want {
			t.Errorf("%q is %v %s, %v, want %+v", cell, got, currency, ok, want)
		}
	}
	for _, cell := range []string{"", "-", "n/a"} {
		if got, _, ok := micros(cell); got != nil || !ok {
			t.Errorf("%q is %v, %v, want nothing known", cell, got, ok)
		}
	}
	for _, cell := range []string{"cheap", "-1", "$", "1e3", "99999999999"} {
		if got, _, ok := micros(cell); ok {
			t.Errorf("%q was read as %v", cell, got)
		}
	}
}

func TestMoneyIsReadAsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, MaxMicros).Draw(t, "micros")
		if got, _, ok := micros(money(n)); !ok || *got != n {
			t.Fatalf("%d was written as %s and read as %v", n, money(n), got)
		}
	})
}

func TestCells(t *testing.T) {
	t.Parallel()
	for _, bad := range []struct {
		field Field
		cell  string
	}{
		{Volume, "lots"}, {Difficulty, "101"}, {Difficulty, "hard"}, {CPC, "cheap"}, {Currency, "dollars"}, {Intents, "buyer"}, {Country, "Atlantis"},
		{Competition, "101"}, {Competition, "fierce"}, {Density, "1.01"}, {Trend, "1,2,x"}, {Trend, "[101]"}, {Position, "first"}, {Clicks, "a few"}, {Impressions, "-1"}, {LastUpdate, "yesterday"}, {Parent, "a\x00b"},
	} {
		var row Row
		if reason := row.take(bad.field, bad.cell); reason == "" {
			t.Errorf("%q was taken for %s: %+v", bad.cell, bad.field, row)
		}
		if row.known() != 0 || row.Country != "" {
			t.Errorf("%q left something in the row: %+v", bad.cell, row)
		}
	}
	for cell, want := range map[string]string{"us": "us", "UK": "gb", "en-US": "us", "en_GB": "gb", "mobile-de": "de", "us-ext": "us", "na": "na", "-": ""} {
		var row Row
		if reason := row.take(Country, cell); reason != "" || row.Country != want {
			t.Errorf("country %q is %q, %s", cell, row.Country, reason)
		}
	}
}
