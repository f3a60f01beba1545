package main

// Who may log in, and how: a kubeconfig for each user in the data folder.
//
//	admin   client certificate, may do everything
//	root    token, may do everything (a token passes through a proxy that ends TLS; a certificate does not)
//	editor  token, may write inside namespaces
//	viewer  token, may read, but no Secrets
//	nobody  token, may do nothing

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// tokenFile has one line for each user: token,name,uid,"groups".
const tokenFile = "tokens.csv"

var tokenUsers = []string{"root", "editor", "viewer", "nobody"}

// loadTokens keeps the tokens of the folder's last run and makes those that are missing.
func loadTokens(dir string) (map[string]string, error) {
	file := filepath.Join(dir, tokenFile)
	tokens := map[string]string{}
	if content, err := os.ReadFile(file); err == nil {
		for _, line := range strings.Split(string(content), "\n") {
			if columns := strings.Split(line, ","); len(columns) >= 3 {
				tokens[columns[1]] = columns[0]
			}
		}
	}
	var lines strings.Builder
	for _, user := range tokenUsers {
		group := "testcluster"
		if user == "root" {
			group = "system:masters"
		}
		if tokens[user] == "" {
			random := make([]byte, 16)
			if _, err := rand.Read(random); err != nil {
				return nil, err
			}
			tokens[user] = hex.EncodeToString(random)
		}
		fmt.Fprintf(&lines, "%s,%s,%s,%q\n", tokens[user], user, user, group)
	}
	return tokens, os.WriteFile(file, []byte(lines.String()), 0o600)
}

func writeKubeconfigs(dir, server string, c *certificates, tokens map[string]string) error {
	encode := base64.StdEncoding.EncodeToString
	logins := map[string]string{
		"admin": fmt.Sprintf("client-certificate-data: %s\n    client-key-data: %s", encode(c.adminCert), encode(c.adminKey)),
	}
	for user, token := range tokens {
		logins[user] = "token: " + token
	}
	for user, login := range logins {
		content := fmt.Sprintf(kubeconfig, user, server, encode(c.ca), login)
		if err := os.WriteFile(filepath.Join(dir, user+".kubeconfig"), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

const kubeconfig = `apiVersion: v1
kind: Config
current-context: testcluster-%[1]s
clusters:
- name: testcluster
  cluster:
    server: %[2]s
    certificate-authority-data: %[3]s
contexts:
- name: testcluster-%[1]s
  context:
    cluster: testcluster
    user: %[1]s
    namespace: default
users:
- name: %[1]s
  user:
    %[4]s
`

// bindRoles gives viewer and editor their rights. The roles "view" and "edit" are filled by a controller; the system roles that
// they are filled from work without it.
func bindRoles(client *http.Client, server string) error {
	roles := map[string][]string{
		"viewer": {"view", "system:aggregate-to-view"},
		"editor": {"edit", "system:aggregate-to-view", "system:aggregate-to-edit"},
	}
	for user, names := range roles {
		for _, role := range names {
			body := fmt.Sprintf(roleBinding, user, role)
			response, err := client.Post(server+"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "application/json", strings.NewReader(body))
			if err != nil {
				return err
			}
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode != http.StatusCreated && response.StatusCode != http.StatusConflict {
				return fmt.Errorf("binding %s to %s: %s", user, role, response.Status)
			}
		}
	}
	return nil
}

const roleBinding = `{
  "apiVersion": "rbac.authorization.k8s.io/v1",
  "kind": "ClusterRoleBinding",
  "metadata": {"name": "testcluster:%[1]s:%[2]s"},
  "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "%[2]s"},
  "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "%[1]s"}]
}`
