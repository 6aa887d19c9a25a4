"""The connector: one path, read as a stream or written as a sink under any name."""

from collections.abc import Mapping

from connector_files.config import FilesConfig, check_sink_format, is_folder, source_format
from connector_files.csv_stream import CsvStream
from connector_files.jsonl import JsonLinesStream
from connector_files.sink_file import FileSink
from connector_files.sink_folder import FolderSink
from connector_files.source import FileStream
from connector_files.translate import file_errors
from connector_files.xport_stream import XportStream
from connector_sdk.connector import Connector, Sink, Stream
from connector_sdk.errors import ConfigurationError

_STREAMS: dict[str, type[FileStream]] = {"jsonl": JsonLinesStream, "csv": CsvStream, "xport": XportStream}


class Files(Connector[FilesConfig]):
    """Files of JSON Lines, CSV and SAS XPORT version 5; names are free, the default is the file's stem."""

    name = "files"

    def streams(self) -> Mapping[str, Stream]:
        """Return the stream of the path, unless it is only fit to be written."""
        name = self.config.path.stem
        with file_errors(self.config.path, "reached"):
            folder = self.config.path.is_dir()
        try:
            return {} if folder else {name: self.stream(name)}
        except ConfigurationError:
            return {}

    def sinks(self) -> Mapping[str, Sink]:
        """Return the sink of the path, unless it is only fit to be read."""
        name = self.config.path.stem
        try:
            return {name: self.sink(name)}
        except ConfigurationError:
            return {}

    def only_stream(self) -> str:
        """Return the file's stem; what forbids to read it is told by `stream`."""
        return self.config.path.stem

    def only_sink(self) -> str:
        """Return the path's stem; what forbids to write it is told by `sink`."""
        return self.config.path.stem

    def stream(self, name: str) -> FileStream:
        """Return the file as a stream; in XPORT the name chooses one of several members."""
        return _STREAMS[source_format(self.config)](self.config, name)

    def sink(self, name: str) -> FileSink | FolderSink:
        """Return the file or folder as a sink, whatever its name."""
        del name
        check_sink_format(self.config)
        path = self.config.path
        return FolderSink(path) if is_folder(path) else FileSink(path)
