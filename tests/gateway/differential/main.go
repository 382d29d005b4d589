// The gateway of Debian's grpc-gateway packages, before one gRPC service. What
// it serves stands in a generated file beside this one (see peer.py).
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/grpc-ecosystem/grpc-gateway/runtime"
	_ "google.golang.org/genproto/googleapis/rpc/errdetails" // details of errors
	"google.golang.org/grpc"
)

func main() {
	backend := flag.String("backend", "", "address of the gRPC service")
	flag.Parse()
	if err := run(*backend); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(backend string) error {
	connection, err := grpc.Dial(backend, grpc.WithInsecure())
	if err != nil {
		return err
	}
	// Names as in proto3 JSON; it leaves out what has its default.
	mux := runtime.NewServeMux(runtime.WithMarshalerOption(
		runtime.MIMEWildcard, &runtime.JSONPb{OrigName: false}))
	if err := register(context.Background(), mux, connection); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("listening %d\n", listener.Addr().(*net.TCPAddr).Port)
	return http.Serve(listener, mux)
}
