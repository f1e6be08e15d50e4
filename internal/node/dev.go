package node

import "net/http"

func (n *Node) mountDemo(mux *http.ServeMux) {}
