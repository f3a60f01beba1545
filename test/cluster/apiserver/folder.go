package main

// The data folder: one server at a time, and the same port at every start.

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// folderLock stays reachable for the whole run: a collected os.File is closed, and the lock goes with it.
var folderLock *os.File

// lockFolder waits until no other server runs on the folder: one that is still closing would unlink the new one's etcd socket.
func lockFolder(dir string) error {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			folderLock = file
			return nil
		} else if time.Now().After(deadline) {
			return fmt.Errorf("%s is in use by another server", dir)
		}
	}
}

// choosePort gives the wanted port, else the one of the folder's last run, else a free one.
func choosePort(dir string, wanted int) (int, error) {
	file := filepath.Join(dir, "port")
	if wanted == 0 {
		if content, err := os.ReadFile(file); err == nil {
			wanted, _ = strconv.Atoi(strings.TrimSpace(string(content)))
		}
	}
	if wanted == 0 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		wanted = listener.Addr().(*net.TCPAddr).Port
		if err := listener.Close(); err != nil {
			return 0, err
		}
	}
	return wanted, os.WriteFile(file, []byte(strconv.Itoa(wanted)), 0o600)
}
