//go:build !noembed

package devserver

import (
	"net"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
)

const (
	// shards is fixed at the first start of a database. On PostgreSQL four give
	// 1.7 times the throughput of one, and sixteen little more.
	shards = 4
	// clusterName is recorded in every namespace.
	clusterName = "active"
)

// ports are where the parts of the server listen, all on loopback.
type ports struct {
	frontend, http, history, matching, worker, ui int
}

// reservePorts chooses the ports, and keeps them until release is called.
func reservePorts(o Options) (p ports, release func(), err error) {
	var listeners []net.Listener
	release = func() {
		for _, l := range listeners {
			_ = l.Close()
		}
	}
	for _, want := range []struct {
		port   *int
		wanted int
		what   string
	}{
		{&p.frontend, o.FrontendPort, "Temporal"},
		{&p.ui, o.UIPort, "the Temporal Web UI"},
		{&p.http, 0, "Temporal"},
		{&p.history, 0, "Temporal"},
		{&p.matching, 0, "Temporal"},
		{&p.worker, 0, "Temporal"},
	} {
		listener, err := reserve(want.wanted, want.what)
		if err != nil {
			release()
			return p, nil, err
		}
		listeners = append(listeners, listener)
		*want.port = listener.Addr().(*net.TCPAddr).Port
	}
	return p, release, nil
}

func (p ports) services() map[primitives.ServiceName]int {
	return map[primitives.ServiceName]int{
		primitives.FrontendService: p.frontend,
		primitives.HistoryService:  p.history,
		primitives.MatchingService: p.matching,
		primitives.WorkerService:   p.worker,
	}
}

// hosts takes the place of the gossip by which the services of a cluster find
// each other.
func (p ports) hosts() map[primitives.ServiceName]static.Hosts {
	hosts := make(map[primitives.ServiceName]static.Hosts)
	for service, port := range p.services() {
		hosts[service] = static.SingleLocalHost(address(port))
	}
	return hosts
}

func settings(s stores, p ports) *config.Config {
	c := &config.Config{Services: make(map[string]config.Service)}
	c.Persistence = config.Persistence{
		DefaultStore: "default", VisibilityStore: "visibility", NumHistoryShards: shards,
		DataStores: map[string]config.DataStore{"default": {SQL: s.main}, "visibility": {SQL: s.visibility}},
	}
	for name, port := range p.services() {
		var service config.Service
		service.RPC.GRPCPort, service.RPC.BindOnIP = port, loopback
		if name == primitives.FrontendService {
			service.RPC.HTTPPort = p.http
		}
		c.Services[string(name)] = service
	}
	c.Global.Membership.MaxJoinDuration = 30 * time.Second
	c.Global.Membership.BroadcastAddress = loopback
	c.ClusterMetadata = &cluster.Config{
		FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
			Enabled: true, InitialFailoverVersion: 1, RPCAddress: address(p.frontend), HTTPAddress: address(p.http),
		}},
	}
	c.DCRedirectionPolicy.Policy = "noop"
	c.Archival.History.State, c.Archival.Visibility.State = "disabled", "disabled"
	c.NamespaceDefaults.Archival.History.State, c.NamespaceDefaults.Archival.Visibility.State = "disabled", "disabled"
	c.PublicClient.HostPort = address(p.frontend)
	return c
}

// cachedExecutions is how many executions the server keeps in memory. Those that
// have ended stay until others take their place, so this is what a long batch adds
// to its memory; one that is not there is read again.
const cachedExecutions = 512

// taskWorkers is how many tasks of each kind – transfers, timers, visibility – the
// server works off at once. It has ten connections to its database; by itself it
// would keep 512 goroutines of each kind, whose many small stacks cost memory and
// have Go start every other goroutine with a stack too small for a call of gRPC.
const taskWorkers = 32

// tuning is the dynamic configuration. With one partition a queue, priority and
// fairness are exact; with more they hold for each partition by itself.
func tuning() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		dynamicconfig.MatchingEnableFairness.Key():                  true,
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():      1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key():     1,
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key():            cachedExecutions,
		dynamicconfig.TransferProcessorSchedulerWorkerCount.Key():   taskWorkers,
		dynamicconfig.TimerProcessorSchedulerWorkerCount.Key():      taskWorkers,
		dynamicconfig.VisibilityProcessorSchedulerWorkerCount.Key(): taskWorkers,
		// What other clusters would be sent is kept for them in this cache. There
		// are none; it can't be had smaller than 64 KiB.
		dynamicconfig.XDCCacheMaxSizeBytes.Key():                         0,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 100,
	}
}
