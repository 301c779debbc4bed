package activities

import (
	"context"
	"testing"

	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/storetest"
)

func TestMain(m *testing.M) {
	storetest.Main(m, func(ctx context.Context, url string) error {
		_, err := store.Migrate(ctx, url)
		return err
	})
}
