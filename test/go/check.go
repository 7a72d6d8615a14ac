// An independent check of a publication's log, on golang.org/x/mod/sumdb as Debian packages it:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o check check.go
//	./check DIRECTORY VERIFIER-KEY [OLD-SIZE]
//
// It checks the signature of the checkpoint, every entry against the tiles, its inclusion, and the
// consistency with an older size, and exits with 1 at the first fault.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	directory, key := args[0], args[1]
	origin, tree, err := checkpoint(directory, key)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, tiles{directory})
	read := 0
	for bundle := int64(0); bundle*256 < tree.N; bundle++ {
		entries, err := entriesOf(directory, bundle, tree.N)
		if err != nil {
			return err
		}
		for at, entry := range entries {
			index := bundle*256 + int64(at)
			proof, err := tlog.ProveRecord(tree.N, index, reader)
			if err != nil {
				return err
			}
			hash := tlog.RecordHash(entry)
			stored, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			if err != nil {
				return err
			}
			if stored[0] != hash {
				return fmt.Errorf("entry %d has another hash in its tile", index)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash); err != nil {
				return fmt.Errorf("entry %d: %v", index, err)
			}
			read++
		}
	}
	if int64(read) != tree.N {
		return fmt.Errorf("expected %d entries, found %d", tree.N, read)
	}
	if err := consistent(tree, reader, args[2:]); err != nil {
		return err
	}
	fmt.Printf("%s: %d entries\n", origin, tree.N)
	return nil
}

// checkpoint reads what tlog.ParseTree would, if it knew other origins than the Go checksum database.
func checkpoint(directory, key string) (string, tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return "", tlog.Tree{}, err
	}
	bytes, err := os.ReadFile(filepath.Join(directory, "checkpoint"))
	if err != nil {
		return "", tlog.Tree{}, err
	}
	signed, err := note.Open(bytes, note.VerifierList(verifier))
	if err != nil {
		return "", tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return "", tlog.Tree{}, errors.New("the checkpoint has another form")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return "", tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return "", tlog.Tree{}, errors.New("the root hash has another form")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return lines[0], tree, nil
}

func consistent(tree tlog.Tree, reader tlog.HashReader, sizes []string) error {
	for _, text := range sizes {
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		old, err := tlog.TreeHash(size, reader)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, size, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, old); err != nil {
			return fmt.Errorf("consistency with %d: %v", size, err)
		}
	}
	return nil
}

type tiles struct{ directory string }

func (t tiles) Height() int { return height }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		bytes, err := os.ReadFile(filepath.Join(t.directory, pathOf(tile)))
		if err != nil {
			return nil, err
		}
		if len(bytes) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", pathOf(tile), len(bytes))
		}
		all = append(all, bytes)
	}
	return all, nil
}

// pathOf leaves out the height, which the paths of tlog.Tile carry.
func pathOf(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

func entriesOf(directory string, bundle, size int64) ([][]byte, error) {
	width := 256
	if left := size - bundle*256; left < 256 {
		width = int(left)
	}
	path := pathOf(tlog.Tile{H: height, L: -1, N: bundle, W: width})
	bytes, err := os.ReadFile(filepath.Join(directory, path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(bytes) > 0 {
		if len(bytes) < 2 {
			return nil, fmt.Errorf("%s ends within a length", path)
		}
		length := int(binary.BigEndian.Uint16(bytes))
		if len(bytes) < 2+length {
			return nil, fmt.Errorf("%s ends within an entry", path)
		}
		entries = append(entries, bytes[2:2+length])
		bytes = bytes[2+length:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("%s has %d entries", path, len(entries))
	}
	return entries, nil
}
