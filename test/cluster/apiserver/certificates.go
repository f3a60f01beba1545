package main

// A certificate authority of the folder's own, with a certificate for the server and one for the administrator.

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// certificates are PEM texts; the files lie in dir.
type certificates struct {
	dir                     string
	ca, adminCert, adminKey []byte
}

func (c *certificates) path(name string) string { return filepath.Join(c.dir, name) }

// client speaks to the server as its administrator.
func (c *certificates) client() *http.Client {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(c.ca)
	pair, err := tls.X509KeyPair(c.adminCert, c.adminKey)
	fail(err)
	config := &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: 5 * time.Second}
}

// loadCertificates reads what the folder's first run made, or makes it.
func loadCertificates(dir string) (*certificates, error) {
	c := &certificates{dir: filepath.Join(dir, "pki")}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, err
	}
	// The last file that is made: where it is, all are.
	if _, err := os.Stat(c.path("sa.key")); err != nil {
		if err := c.generate(); err != nil {
			return nil, err
		}
	}
	for name, into := range map[string]*[]byte{"ca.crt": &c.ca, "admin.crt": &c.adminCert, "admin.key": &c.adminKey} {
		content, err := os.ReadFile(c.path(name))
		if err != nil {
			return nil, err
		}
		*into = content
	}
	return c, nil
}

func (c *certificates) generate() error {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	ca := template(pkix.Name{CommonName: "testcluster-ca"})
	ca.IsCA, ca.BasicConstraintsValid = true, true
	ca.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	encoded, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return err
	}
	if err := c.write("ca.crt", "CERTIFICATE", encoded); err != nil {
		return err
	}

	server := template(pkix.Name{CommonName: "kube-apiserver"})
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	server.DNSNames = []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback, net.IPv4(10, 96, 0, 1)}
	if err := c.issue("server", server, ca, caKey); err != nil {
		return err
	}
	admin := template(pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}})
	admin.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if err := c.issue("admin", admin, ca, caKey); err != nil {
		return err
	}
	serviceAccounts, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	return c.write("sa.key", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(serviceAccounts))
}

// issue makes name.crt, signed by the authority, and name.key.
func (c *certificates) issue(name string, leaf, ca *x509.Certificate, caKey *ecdsa.PrivateKey) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	encoded, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	if err != nil {
		return err
	}
	if err := c.write(name+".crt", "CERTIFICATE", encoded); err != nil {
		return err
	}
	encodedKey, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return c.write(name+".key", "EC PRIVATE KEY", encodedKey)
}

func (c *certificates) write(name, block string, content []byte) error {
	return os.WriteFile(c.path(name), pem.EncodeToMemory(&pem.Block{Type: block, Bytes: content}), 0o600)
}

func template(subject pkix.Name) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	fail(err)
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(10, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}
