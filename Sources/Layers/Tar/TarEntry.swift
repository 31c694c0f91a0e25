/// An entry of a tar archive with all extension headers applied. Its content follows in the reader.
struct TarEntry: Equatable {
    /// What the entry makes.
    enum Kind: Equatable {
        case regular
        case hardLink
        case symbolicLink
        case directory
        case fifo
        case characterDevice
        case blockDevice
    }

    /// A time to the nanosecond; `nanoseconds` count up also before 1970.
    struct Time: Equatable {
        var seconds: Int64
        var nanoseconds: Int64 = 0
    }

    /// A piece of a sparse file that holds data.
    struct Extent: Equatable {
        let offset: Int64
        let length: Int64
    }

    var kind: Kind
    /// As it stands in the archive.
    var name: [UInt8]
    var linkname: [UInt8]
    /// Permissions with setuid, setgid and sticky.
    var mode: UInt32
    /// The file's length in bytes, holes included.
    var size: Int64
    var mtime: Time
    /// Extended attributes: values by name.
    var attributes: [[UInt8]: [UInt8]] = [:]
    /// The pieces of a sparse file, in order; nil for a file that is all data.
    var extents: [Extent]?
    /// Where the entry's header stands.
    let byteOffset: Int64
}
